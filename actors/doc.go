// Package actors is an HTTP/1.1 server in which everything is an actor of Proto.Actor: a listener
// spawns a connection per socket, connections send each [Request] to the router, the router passes
// it to the handler of its route, and the handler answers with a [Response].
//
//	server := actors.NewServer(actors.Config{})
//	server.Handle("GET /hits", actor.PropsFromProducer(newCounter))
//	err := server.ListenAndServe("127.0.0.1:8080")
//
// The actor log goes to Config.Logger: package actors/console has a handler that people can read, stacks and all.
//
// A handler is any actor. It gets one message at a time, so its state needs no lock, and it answers
// whenever it likes:
//
//	func (c *counter) Receive(ctx actor.Context) {
//		switch message := ctx.Message().(type) {
//		case *actors.Request:
//			c.hits++
//			ctx.Respond(message.Text(200, fmt.Sprintln(c.hits)))
//		}
//	}
//
// The files read like the supervision tree: server, listener, connection (a file for each of its
// behaviours), router, supervision. messages.go is everything that actors say to each other. What lies
// below a connection is no actor, and a package of its own: internal/transport. So is the table of patterns,
// internal/routing.
package actors
