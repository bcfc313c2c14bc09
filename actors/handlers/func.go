// Package handlers has ready-made handler actors. It uses only what package actors exports, as your
// own handlers would.
package handlers

import (
	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// Func is a handler without state: see [actors.Func].
func Func(handle func(*actors.Request) *actors.Response) *actor.Props { return actors.Func(handle) }
