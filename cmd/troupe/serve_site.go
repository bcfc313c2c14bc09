package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// A site is a directory whose files are served.
type site struct {
	root              string // "" for none
	listing, dotfiles bool
	index             string
	cacheControl      string
	spa               string
	notPrecompressed  bool
	notCompressed     bool
}

func (s *site) settings() settings {
	index, control := newText("index", &s.index, "the file that stands for its directory"), newText("cache-control", &s.cacheControl,
		"the field Cache-Control of each file, as max-age=3600; without it, clients choose for how long they keep a file")
	spa := newFile("spa", &s.spa, "answer a path without a file with this one of the directory, as index.html, if a page is wanted")
	index.kind.word, index.kind.example, s.index = "name", `"index.html"`, "index.html"
	control.kind.word, control.kind.example = "value", `"max-age=3600"`
	spa.kind.example = `"index.html"`
	return group("Files",
		newDirectory("root", &s.root, "the directory whose files are served; DIR is the same"),
		newSwitch("listing", &s.listing, "list what a directory without an index has"),
		newSwitch("dotfiles", &s.dotfiles, "serve also files and directories whose names begin with a dot"),
		checked(index, "must be the name of a file, as index.html", func() bool { return isPlainName(s.index) }),
		checked(control, "must be the value of a field on one line, as max-age=3600", func() bool {
			return new(headers).Set("Cache-Control: "+s.cacheControl) == nil
		}),
		checked(spa, "must be a path within the directory, as index.html", func() bool {
			return s.spa == "" || fs.ValidPath(filepath.ToSlash(s.spa))
		}),
		newSwitch("no-precompressed", &s.notPrecompressed, "ignore compressed siblings of files, as style.css.gz"),
		newSwitch("no-compression", &s.notCompressed, "do not compress files that have no compressed sibling"))
}

func isPlainName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\\\x00")
}

// check refuses settings of a directory that is not there.
func (s *site) check() error {
	if s.root != "" {
		return nil
	}
	for _, one := range []struct {
		of    string
		given bool
	}{
		{"listing", s.listing}, {"dotfiles", s.dotfiles}, {"index", s.index != "" && s.index != "index.html"}, {"cache-control", s.cacheControl != ""},
		{"spa", s.spa != ""}, {"no-precompressed", s.notPrecompressed}, {"no-compression", s.notCompressed},
	} {
		if one.given {
			return wrong("%v without a directory, as in troupe serve DIR", name(one.of))
		}
	}
	return nil
}

// look opens the directory, and looks for the file of --spa.
func (s *site) look() error {
	if s.root == "" {
		return nil
	}
	root, err := os.OpenRoot(s.root)
	if err != nil {
		return wrong("cannot use %v: %v", name("root"), err)
	}
	defer root.Close()
	if s.spa == "" {
		return nil
	}
	info, err := root.Stat(s.spa)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return wrong("cannot use %v %s in %v: %v", name("spa"), s.spa, name("root"), causeOf(err))
	}
	return nil
}

// route is the route of all files. Others are more specific, and win.
func (s *site) route() (route routeOf, err error) {
	if err := s.look(); err != nil {
		return route, err
	}
	files, err := handlers.Directory(s.root, handlers.FilesOptions{
		Listing: s.listing, Dotfiles: s.dotfiles, Index: s.index, CacheControl: s.cacheControl, Fallback: filepath.ToSlash(s.spa),
		NotPrecompressed: s.notPrecompressed,
	})
	if err != nil {
		return route, wrong("cannot use %v: %v", name("root"), err)
	}
	absolute, err := filepath.Abs(s.root)
	if err != nil {
		absolute = s.root
	}
	options := []actors.RouteOption{actors.StreamBody()} // there is no content to wait for
	if !s.notCompressed {
		options = append(options, handlers.Compress(handlers.CompressOptions{}))
	}
	return newRoute("/{path...}", "the files of "+absolute, files, options...), nil
}

// notAWord refuses a plain word that is no directory: it is a mistake, and not a path.
func notAWord(text string) error {
	if _, err := os.Stat(text); errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(text, `/\`) {
		return fmt.Errorf("unexpected argument %q: there is no directory of that name", text)
	}
	return nil
}
