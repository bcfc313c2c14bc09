package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
)

//go:embed template
var templates embed.FS

// newNewCommand makes the command that makes a module.
func newNewCommand(p *process) *cobra.Command {
	replace := ""
	c := &cobra.Command{
		Use:   "new NAME [flags]",
		Short: "make a module with a handler that has state, its test, a Dockerfile and a unit of systemd",
		Long: "troupe new makes a directory with a module: an actor, its routes, a test, a Dockerfile and a unit of systemd.\n" +
			"NAME is the path of the module, such as example.com/shop; the directory has its last part.",
		Args:              oneName,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := newModule(args[0], replace)
			if err != nil {
				return err
			}
			if err := m.write(); err != nil {
				complain(p.stderr, err.Error())
				p.status = exitFailed
				return nil
			}
			fmt.Fprintf(p.stdout, "Made %s. Next:\n\n  cd %s\n  go mod tidy\n  go test ./...\n  go run .\n", m.Name, m.Name)
			return nil
		},
	}
	c.Flags().StringVar(&replace, "replace", "", "`directory` of a clone of Troupe to use instead of its published version")
	return c
}

// oneName wants one argument.
func oneName(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return errors.New("there is no name: write the path of a module, as troupe new example.com/shop")
	case 1:
		return nil
	}
	return fmt.Errorf("unexpected argument %q", args[1])
}

// A module is what troupe new makes.
type module struct {
	Module  string // its path
	Name    string // of its directory and its program
	Title   string
	Go      string // version
	Version string // of Troupe
	Replace string // directory of Troupe, or ""
}

var (
	modulePath  = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._~-]*(/[a-zA-Z0-9][a-zA-Z0-9._~-]*)*$`)
	programName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]*$`)
)

// newModule returns an error for a name that no module may have.
func newModule(name, replace string) (*module, error) {
	m := &module{Module: name, Name: path.Base(name), Version: versionOfTroupe(thisBuild().Version)}
	if !modulePath.MatchString(name) || !programName.MatchString(m.Name) {
		return nil, fmt.Errorf("%q is no path of a module: write letters, digits, - and _, as example.com/shop", name)
	}
	m.Title = strings.ToUpper(m.Name[:1]) + m.Name[1:]
	m.Go = strings.Join(strings.SplitN(strings.TrimPrefix(runtime.Version(), "go"), ".", 3)[:2], ".")
	if replace == "" {
		return m, nil
	}
	directory, err := filepath.Abs(replace)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(directory, "actors", "doc.go")); err != nil {
		return nil, fmt.Errorf("--replace %q: there is no clone of Troupe", replace)
	}
	m.Replace = filepath.ToSlash(directory)
	return m, nil
}

// versionOfTroupe is the version that the module requires: that of this program, or any if the program was built from a
// clone; go mod tidy then finds the latest one.
func versionOfTroupe(version string) string {
	if strings.HasPrefix(version, "v") && !strings.Contains(version, "+") {
		return version
	}
	return "v0.0.0"
}

// write makes the directory, which must not exist.
func (m *module) write() error {
	if err := os.Mkdir(m.Name, 0o755); err != nil {
		return err
	}
	return fs.WalkDir(templates, "template", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := template.ParseFS(templates, name)
		if err != nil {
			return err
		}
		file, err := os.Create(filepath.Join(m.Name, m.fileName(path.Base(name))))
		if err != nil {
			return err
		}
		return errors.Join(text.Execute(file, m), file.Close())
	})
}

// fileName is the name of the file that a template makes.
func (m *module) fileName(template string) string {
	switch name := strings.TrimSuffix(template, ".txt"); name {
	case "gitignore":
		return ".gitignore"
	case "service":
		return m.Name + ".service"
	default:
		return name
	}
}
