// Package ui holds the pages as Vite built them into dist. A binary made without Node has an empty dist, so that it
// still builds and serves the API; Built tells which of the two it is. Everything here is constant once the program runs.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var embedded embed.FS

// FS is rooted at dist: index.html is the console, buy.html the buyer's page, and assets/ what both load, under names
// that change with their content.
func FS() fs.FS {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // only for a path that fs.ValidPath refuses, and this one is a constant
	}
	return dist
}

// Built reports whether the pages are in this binary.
func Built() bool {
	_, err := fs.Stat(embedded, "dist/index.html")
	return err == nil
}
