// Package actors is an HTTP/1.1 server in which everything is an actor of Proto.Actor: a listener
// spawns a connection per socket, connections send each [Request] to the router, the router passes
// it to an actor of its route's [Handler], and that answers with a [Response].
//
//	server := actors.NewServer(actors.Config{})
//	server.Handle("GET /hits", actors.One(newCounter))
//	server.Handle("GET /hello/{name}", actors.Func(greet))
//	err := server.ListenAndServe("127.0.0.1:8080")
//
// A handler is one actor or several: [One], [Pool], [PerKey] for one actor per value of a path parameter,
// [PerRequest], and [Func] for a function without state. An actor gets one message at a time, so its state needs no
// lock, and it may answer at any time:
//
//	func (c *counter) Receive(ctx actor.Context) {
//		switch message := ctx.Message().(type) {
//		case *actors.Request:
//			c.hits++
//			ctx.Respond(message.Text(200, fmt.Sprintln(c.hits)))
//		}
//	}
//
// The actor log goes to Config.Logger. Package actors/console has a log handler whose output, with stacks, is easy to
// read.
//
// The files follow the supervision tree: server, listener, connection (a file for each of its behaviours), router,
// place and placement, supervision. exchange.go is one request with its answer, and messages.go holds all messages
// between the actors. docs/explanation/architecture.md has the plan. Code that is not an actor has its own packages:
// internal/transport below the connections, internal/dispatch below the mailboxes, internal/routing below the routes.
package actors
