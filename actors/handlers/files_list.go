package handlers

import (
	"bytes"
	_ "embed"
	"html/template"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/troupe-go/troupe/actors"
)

//go:embed files_list.html
var listPage string

var listTemplate = template.Must(template.New("list").Parse(listPage))

// An entry is a line of the list of a directory.
type entry struct {
	Name string // with a slash for a directory
	Path string
	Size string
	Date string
}

// list answers with what a directory has. Hidden and irregular files are left out.
func (f *filer) list(r *actors.Request, name string) *actors.Response {
	files, err := fs.ReadDir(f.files, name)
	if err != nil {
		return f.failed(r, err)
	}
	var entries []entry
	for _, file := range files {
		if !f.mayShow(file.Name()) {
			continue
		}
		info, err := file.Info()
		if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
			continue
		}
		e := entry{Name: file.Name(), Path: "./" + url.PathEscape(file.Name())}
		if !info.ModTime().IsZero() {
			e.Date = info.ModTime().UTC().Format("2006-01-02 15:04")
		}
		if info.IsDir() {
			e.Name, e.Path = e.Name+"/", e.Path+"/"
		} else {
			e.Size = humanize.IBytes(uint64(info.Size()))
		}
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { // directories first
		if aDir, bDir := strings.HasSuffix(a.Name, "/"), strings.HasSuffix(b.Name, "/"); aDir != bDir {
			if aDir {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	title, err := url.PathUnescape(r.Path())
	if err != nil {
		title = r.Path()
	}
	var page bytes.Buffer
	err = listTemplate.Execute(&page, map[string]any{"Title": title, "Parent": name != ".", "Entries": entries})
	if err != nil {
		return r.Fail(err)
	}
	return r.HTML(200, page.String()).With("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'").With("Cache-Control", "no-cache")
}
