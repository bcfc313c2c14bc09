package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// A size is the value of a flag in octets, with or without a unit: 500, 64KiB, 1GB. A negative number has no unit.
type size int64

// String returns the value in the form of Set.
func (s *size) String() string {
	n := int64(*s)
	for _, unit := range []struct {
		name   string
		octets int64
	}{{"GiB", humanize.GiByte}, {"MiB", humanize.MiByte}, {"KiB", humanize.KiByte}} {
		if n > 0 && n%unit.octets == 0 {
			return fmt.Sprint(n/unit.octets, unit.name)
		}
	}
	return strconv.FormatInt(n, 10)
}

// Set replaces the value.
func (s *size) Set(value string) error {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		*s = size(n)
		return nil
	}
	n, err := humanize.ParseBytes(value)
	if err != nil || n > math.MaxInt64 || strings.Contains(value, ",") { // the library ignores commas, and 1,5 is not 15
		return errors.New("must be a number of octets, for example 1000000, 64KiB or 1GB")
	}
	*s = size(n)
	return nil
}

// A sizeAt sets a number of the configuration as a size.
type sizeAt[T int | int64] struct{ to *T }

func (s sizeAt[T]) String() string {
	n := size(*s.to)
	return n.String()
}

func (s sizeAt[T]) Set(text string) error {
	var n size
	if err := n.Set(text); err != nil {
		return err
	}
	*s.to = T(n)
	return nil
}

// A mode is the value of a flag for the mode of a file, in octal digits; 0 for none.
type mode uint32

// String returns the value in the form of Set.
func (m *mode) String() string {
	if *m == 0 {
		return ""
	}
	return fmt.Sprintf("%04o", uint32(*m))
}

// Set replaces the value.
func (m *mode) Set(value string) error {
	n, err := strconv.ParseUint(value, 8, 32)
	if err != nil || n == 0 || n > 0o777 {
		return errors.New("must be the mode of a file, in octal digits, for example 0660")
	}
	*m = mode(n)
	return nil
}
