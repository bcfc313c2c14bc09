package handlers

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/troupe-go/troupe/actors"
)

// FilesOptions are the settings of [Files]. The zero value works.
type FilesOptions struct {
	// Listing lets clients see what a directory without an index has.
	Listing bool
	// Dotfiles lets clients have files and directories whose names begin with a dot. Without it there is only
	// .well-known (RFC 8615).
	Dotfiles bool
	// Index is the name of the file that stands for its directory: index.html.
	Index string
	// CacheControl is the value of the field Cache-Control (RFC 9111 §5.2), for example "max-age=3600". Without it,
	// clients ask again whether a file has changed, if they ask at all.
	CacheControl string
	// Fallback is a file for paths that have none, if the client prefers a page (text/html) to anything else: the page of
	// an application that reads the path itself. The status is 200.
	Fallback string
	// NotPrecompressed ignores files with the content of another one in compressed form: for style.css these are
	// style.css.zst, style.css.br and style.css.gz. Otherwise clients that can read them get these.
	NotPrecompressed bool
	// Types are media types for suffixes such as ".md". They override those that are known.
	Types map[string]string
}

// Files makes a handler for the files of a file system. The path of a file is what the last wildcard of the pattern
// matches, as in "GET /static/{path...}"; if the pattern has no such wildcard, it is the path of the request.
//
// Conditional requests (RFC 9110 §13) and ranges, also several (§14), are answered. A directory is redirected to its
// path with a slash, where its index is.
//
// A client gets no file outside of the file system, and nothing but regular files. For a directory of the disk use
// [Directory]: os.DirFS follows symbolic links to anywhere.
func Files(files fs.FS, options FilesOptions) *actors.Handler {
	if files == nil {
		mistake("Files: the file system is nil: use Directory, or an embed.FS")
	}
	if options.Index == "" {
		options.Index = "index.html"
	}
	f := &filer{files: files, options: options}
	return actors.Func(f.serve)
}

// Directory is [Files] for a directory of the disk. It uses an os.Root: no path, and no symbolic link, leads out of the
// directory. It fails if the directory cannot be opened.
func Directory(name string, options FilesOptions) (*actors.Handler, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return Files(root.FS(), options), nil
}

// A filer serves files.
type filer struct {
	files   fs.FS
	options FilesOptions
	hashes  hashes
	cache   fileCache
}

func (f *filer) serve(r *actors.Request) *actors.Response {
	switch r.Method() {
	case "GET", "HEAD":
	default:
		return r.Fail(&actors.Problem{Status: 405}).With("Allow", "GET, HEAD")
	}
	name, isDirectory, ok := f.name(r)
	if !ok {
		return f.missing(r)
	}
	if isDirectory {
		return f.directory(r, name)
	}
	if file := f.cache.get(name); file != nil {
		return f.file(r, name, file)
	}
	info, err := fs.Stat(f.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.missing(r)
	case err != nil:
		return f.failed(r, err)
	case info.IsDir():
		return f.toDirectory(r)
	}
	return f.regular(r, name, info)
}

// regular answers with a file that is not in the cache.
func (f *filer) regular(r *actors.Request, name string, info fs.FileInfo) *actors.Response {
	if !info.Mode().IsRegular() {
		return f.missing(r)
	}
	file, err := f.load(name, info)
	if err != nil {
		return f.failed(r, err)
	}
	return f.file(r, name, file)
}

// name returns the name of the file that a request is for, and whether it is to be a directory. It is false if a file
// system cannot have it, or must not show it.
func (f *filer) name(r *actors.Request) (name string, isDirectory, ok bool) {
	name, wild := lastWildcard(r)
	if !wild {
		decoded, err := url.PathUnescape(r.Path())
		if err != nil {
			return "", false, false
		}
		name = strings.TrimPrefix(decoded, "/")
	}
	if isDirectory = name == "" || strings.HasSuffix(name, "/"); isDirectory {
		name = strings.TrimSuffix(name, "/")
	}
	if name == "" {
		return ".", true, wild || r.Path() == "/"
	}
	if _, err := filepath.Localize(name); err != nil || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return "", false, false
	}
	return name, isDirectory, f.mayShow(name)
}

// lastWildcard returns what the wildcard at the end of the pattern matches, if there is one.
func lastWildcard(r *actors.Request) (value string, found bool) {
	if !strings.HasSuffix(r.Pattern(), "...}") {
		return "", false
	}
	for _, value = range r.Params() {
	}
	return value, true
}

// mayShow reports whether no part of the name is hidden.
func (f *filer) mayShow(name string) bool {
	if f.options.Dotfiles {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != ".well-known" {
			return false
		}
	}
	return true
}

// toDirectory redirects to the path with a slash.
func (f *filer) toDirectory(r *actors.Request) *actors.Response {
	location := path.Base(r.Path()) + "/" // relative, so that it is right behind a proxy that changes the path
	if strings.Contains(location, ":") {
		location = "./" + location
	}
	if query := r.RawQuery(); query != "" {
		location += "?" + query
	}
	return r.Redirect(308, location)
}

// directory serves the index of a directory, or lists it.
func (f *filer) directory(r *actors.Request, name string) *actors.Response {
	index := path.Join(name, f.options.Index)
	if file := f.cache.get(index); file != nil {
		return f.file(r, index, file)
	}
	info, err := fs.Stat(f.files, index)
	if err == nil && info.Mode().IsRegular() {
		return f.regular(r, index, info)
	}
	if !f.options.Listing {
		return f.missing(r)
	}
	return f.list(r, name)
}

// missing answers for a path without a file.
func (f *filer) missing(r *actors.Request) *actors.Response {
	if f.options.Fallback == "" || r.Accepts("application/octet-stream", "text/html") != "text/html" {
		return f.notFound(r)
	}
	name := f.options.Fallback
	file := f.cache.get(name)
	if file == nil {
		info, err := fs.Stat(f.files, name)
		if err != nil || !info.Mode().IsRegular() {
			return f.notFound(r)
		}
		if file, err = f.load(name, info); err != nil {
			return f.failed(r, err)
		}
	}
	return f.file(r, name, file).With("Vary", "Accept")
}

func (f *filer) notFound(r *actors.Request) *actors.Response {
	return r.Fail(&actors.Problem{Status: 404, Title: "Page Not Found"})
}

// failed answers for a file that cannot be opened. The client does not learn why, and a path that leads out of the root
// is one that does not exist.
func (f *filer) failed(r *actors.Request, err error) *actors.Response {
	if errors.Is(err, errChanged) {
		return r.Fail(&actors.Problem{Status: 503, Detail: "The file is changing just now."}).With("Retry-After", "1")
	}
	for _, ours := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EIO} {
		if errors.Is(err, ours) {
			return r.Fail(err)
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return r.Fail(&actors.Problem{Status: 403})
	}
	return f.notFound(r)
}
