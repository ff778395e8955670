// Package archtest holds the code to the layout of the architecture: which way
// imports run, how large files are, what packages are called. It reads the
// sources and builds nothing, so it takes a fraction of a second, and each of its
// messages says what to do instead.
package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Module is the import path that everything of ours starts with.
const Module = "github.com/stoa-cloud/stoa"

// File is what the rules know of one Go file.
type File struct {
	Path      string // "internal/node/drain.go"
	Package   string // its name
	Imports   []string
	Lines     int
	Test      bool
	Generated bool
	Doc       bool  // it has the package comment
	Inits     []int // lines of func init
	Sleeps    []int // lines of a test that call time.Sleep outside synctest.Test
	Faults    []Fault
}

// Dir is the folder of the file: its package's import path without the module.
func (f File) Dir() string { return path.Dir(f.Path) }

// elsewhere lists folders that hold no code of this module.
var elsewhere = map[string]bool{"node_modules": true, "testdata": true, "engines": true, "bin": true, "dist": true}

// Read parses every Go file below root.
func Read(root string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && (elsewhere[entry.Name()] || strings.HasPrefix(entry.Name(), ".") || strings.HasPrefix(entry.Name(), "_")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(name) //nolint:gosec // a file of this repository
		if err != nil {
			return err
		}
		file, err := parse(filepath.ToSlash(relative), content)
		if err != nil {
			return err
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	return files, nil
}

func parse(name string, content []byte) (File, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return File{}, fmt.Errorf("parse: %w", err)
	}
	f := File{
		Path: name, Package: tree.Name.Name, Lines: bytes.Count(content, []byte{'\n'}), Test: strings.HasSuffix(name, "_test.go"),
		Generated: ast.IsGenerated(tree), Doc: tree.Doc != nil,
	}
	names := map[string]string{} // import path → the name it has in this file
	for _, spec := range tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return File{}, fmt.Errorf("parse import: %w", err)
		}
		f.Imports = append(f.Imports, imported)
		names[imported] = path.Base(imported)
		if spec.Name != nil {
			names[imported] = spec.Name.Name
		}
	}
	for _, decl := range tree.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			f.Inits = append(f.Inits, set.Position(fn.Pos()).Line)
		}
	}
	if !f.Test {
		f.Faults = faults(tree)
		return f, nil
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if isCall(n, names["testing/synctest"], "Test") {
			return false // time is fake in there: sleeping takes none
		}
		if isCall(n, names["time"], "Sleep") {
			f.Sleeps = append(f.Sleeps, set.Position(n.Pos()).Line)
		}
		return true
	})
	return f, nil
}

func isCall(n ast.Node, pkg, name string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || pkg == "" {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg
}
