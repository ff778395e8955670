package pgtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
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
	files, err := sources(dir)
	if err != nil {
		return nil, err
	}
	info := types.Info{Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}, Importer: nothing{}} // constants need no imports
	_, _ = config.Check(dir, files.set, files.parsed, &info)
	found := map[string]string{}
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
		case c.Val().Kind() == constant.Unknown && files.beginsWithSQL(id):
			return nil, fmt.Errorf("the SQL of %s depends on another package: give it to Prepare", id.Name)
		}
		if statement.MatchString(sql) {
			found[id.Name] = sql
		}
	}
	return found, nil
}

type source struct {
	set    *token.FileSet
	parsed []*ast.File
}

func sources(dir string) (source, error) {
	s := source{set: token.NewFileSet()}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return s, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(s.set, name, nil, 0)
		if err != nil {
			return s, err
		}
		s.parsed = append(s.parsed, file)
	}
	return s, nil
}

// beginsWithSQL looks at a constant whose value is not known here.
func (s source) beginsWithSQL(id *ast.Ident) (found bool) {
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !slices.Contains(spec.Names, id) {
				return true
			}
			ast.Inspect(spec, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				found = found || ok && lit.Kind == token.STRING && statement.MatchString(strings.Trim(lit.Value, "`\""))
				return true
			})
			return false
		})
	}
	return found
}

// nothing imports nothing.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }
