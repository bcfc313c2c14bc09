package handlers

import (
	"mime"
	"path"
	"strings"
)

// types are media types of files on the web. The system may know others, and some systems know hardly any, or wrong ones.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
	".txt": "text/plain; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8",
	".xml": "text/xml; charset=utf-8", ".rss": "application/rss+xml", ".atom": "application/atom+xml",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".avif": "image/avif", ".ico": "image/vnd.microsoft.icon", ".bmp": "image/bmp",
	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
	".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac", ".m4a": "audio/mp4",
	".mp4": "video/mp4", ".webm": "video/webm", ".mov": "video/quicktime",
	".pdf": "application/pdf", ".wasm": "application/wasm", ".zip": "application/zip", ".gz": "application/gzip",
	".zst": "application/zstd", ".tar": "application/x-tar", ".bin": "application/octet-stream",
}

// mediaType returns the media type of a file by its name. It never looks at the content: what a user has uploaded must
// not become a page.
func (f *filer) mediaType(name string) string {
	suffix := strings.ToLower(path.Ext(name))
	if own, ok := f.options.Types[suffix]; ok {
		return own
	}
	if known, ok := types[suffix]; ok {
		return known
	}
	if known := mime.TypeByExtension(suffix); known != "" {
		return known
	}
	return "application/octet-stream"
}
