package pgtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// statement matches the constants that are SQL, which is how this project keeps it.
var statement = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\s`)

// Prepare has the server check every SQL constant of the package in the current
// folder against the migrated schema: names, types and number of parameters.
// Constants that are put together from another package's cannot be read from the
// source alone; give those in others, by name.
func Prepare(tb testing.TB, others map[string]string) {
	tb.Helper()
	statements, err := constants(".", others)
	if err != nil {
		tb.Fatal(err)
	}
	if len(statements) == 0 {
		tb.Fatal("there is no SQL here")
	}
	conn, err := Open(tb).Primary().Acquire(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Release()
	for name, sql := range statements {
		if _, err := conn.Conn().Prepare(tb.Context(), "check_"+name, sql); err != nil {
			tb.Errorf("%s: %v", name, err)
		}
	}
}

func constants(dir string, others map[string]string) (map[string]string, error) {
	files := token.NewFileSet()
	packages, err := parser.ParseDir(files, dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for name, pkg := range packages {
		var sources []*ast.File
		for _, file := range pkg.Files {
			sources = append(sources, file)
		}
		info := types.Info{Defs: map[*ast.Ident]types.Object{}}
		config := types.Config{Error: func(error) {}, Importer: nothing{}} // imports are not needed for constants
		_, _ = config.Check(name, files, sources, &info)
		for id, object := range info.Defs {
			c, ok := object.(*types.Const)
			if !ok {
				continue
			}
			sql := others[id.Name]
			switch {
			case sql != "":
			case c.Val().Kind() == constant.String:
				sql = constant.StringVal(c.Val())
			case c.Val().Kind() == constant.Unknown && mentionsSQL(id):
				return nil, fmt.Errorf("the SQL of %s depends on another package: give it to Prepare", id.Name)
			}
			if statement.MatchString(sql) {
				found[id.Name] = sql
			}
		}
	}
	return found, nil
}

// mentionsSQL looks at a constant whose value is not known here.
func mentionsSQL(id *ast.Ident) bool {
	spec, ok := id.Obj.Decl.(*ast.ValueSpec)
	if !ok {
		return false
	}
	sql := false
	for _, value := range spec.Values {
		ast.Inspect(value, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && statement.MatchString(strings.Trim(lit.Value, "`\"")) {
				sql = true
			}
			return true
		})
	}
	return sql
}

// nothing imports nothing.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }
