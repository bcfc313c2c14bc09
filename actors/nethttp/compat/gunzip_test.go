package compat_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func gunzip(t *testing.T, octets string) string {
	t.Helper()
	from, err := gzip.NewReader(strings.NewReader(octets))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
