package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"seckill/internal/rush"
)

// documents are where reports go. They are opened before the rush: to find that
// a folder is missing after five minutes of it would be late.
type documents []document

type document struct {
	name  string // "-": the standard output
	out   io.Writer
	file  *os.File // nil: the standard output
	isNew bool
	write func(rush.Report, io.Writer) error
}

func openDocuments(json, html string, stdout io.Writer) (documents, error) {
	var all documents
	for _, d := range []document{
		{name: json, write: rush.Report.WriteJSON},
		{name: html, write: rush.Report.WriteHTML},
	} {
		switch d.name {
		case "":
			continue
		case "-":
			d.out = stdout
		default:
			_, err := os.Lstat(d.name)
			d.isNew = errors.Is(err, os.ErrNotExist)
			// An older report is kept until there is a newer one.
			d.file, err = os.OpenFile(d.name, os.O_WRONLY|os.O_CREATE, 0o644)
			if err != nil {
				all.abandon()
				return nil, fmt.Errorf("no report can be written: %w", err)
			}
			d.out = d.file
		}
		all = append(all, d)
	}
	return all, nil
}

// write writes the report to all of them, closes them, and says where they are.
func (all documents) write(r rush.Report, says io.Writer) error {
	var errs []error
	for _, d := range all {
		if d.file != nil {
			// What cannot be cut, as a pipe, holds no older report.
			_ = d.file.Truncate(0)
		}
		errs = append(errs, d.write(r, d.out))
		if d.file != nil {
			errs = append(errs, d.file.Close())
			fmt.Fprintf(says, "The report is in %s.\n", d.name)
		}
	}
	return errors.Join(errs...)
}

// abandon leaves everything as it was.
func (all documents) abandon() {
	for _, d := range all {
		if d.file == nil {
			continue
		}
		_ = d.file.Close() // nothing was written
		if d.isNew {
			_ = os.Remove(d.name) // an empty file left behind is no harm
		}
	}
}
