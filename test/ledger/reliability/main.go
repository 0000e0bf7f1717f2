// Command reliability writes docs/reliability.md from the ledger.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"seckill/test/ledger"
	"seckill/test/program"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	lines, err := ledger.Read()
	if err != nil {
		return err
	}
	text, err := ledger.Report(lines)
	if err != nil {
		return err
	}
	root, err := program.Source()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "docs", "reliability.md"), []byte(text), 0o644)
}
