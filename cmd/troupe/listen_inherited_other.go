//go:build !unix

package main

import "os"

// listens is always true here: the first attempt to accept shows the truth.
func listens(*os.File) bool { return true }
