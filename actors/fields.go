package actors

import "github.com/troupe-go/troupe/wire"

// Fields are the field lines of a head, or of trailers, in order (RFC 9110 §5). Names are compared without case.
type Fields []Field

// A Field is one field line.
type Field = struct{ Name, Value string }

// Get returns the value of the first field line with that name; "" if there is none.
func (f Fields) Get(name string) string { return wire.Fields(f).Get(name) }

// Has reports whether there is a field line with that name.
func (f Fields) Has(name string) bool { return wire.Fields(f).Has(name) }

// Values returns the values of all field lines with that name, in order.
func (f Fields) Values(name string) []string { return wire.Fields(f).Values(name) }
