// Package actors is an HTTP/1.1 server in which everything is an actor of Proto.Actor: a listener
// spawns a connection per socket, connections send each [Request] to the router, the router passes
// it to an actor of its route's [Handler], and that answers with a [Response].
//
//	server := actors.NewServer(actors.Config{})
//	server.Handle("GET /hits", actors.One(newCounter))
//	server.Handle("GET /hello/{name}", actors.Func(greet))
//	err := server.ListenAndServe("127.0.0.1:8080")
//
// A handler is an actor, or several: [One], [Pool], [PerKey] for one with each value of a path parameter, [PerRequest],
// and [Func] for a function without state. An actor gets one message at a time, so its state needs no lock, and it
// answers whenever it likes:
//
//	func (c *counter) Receive(ctx actor.Context) {
//		switch message := ctx.Message().(type) {
//		case *actors.Request:
//			c.hits++
//			ctx.Respond(message.Text(200, fmt.Sprintln(c.hits)))
//		}
//	}
//
// The actor log goes to Config.Logger: package actors/console has a handler that people can read, stacks and all.
//
// The files read like the supervision tree: server, listener, connection (a file for each of its behaviours), router,
// place and placement, supervision. exchange.go is one request with its answer, and messages.go is everything that actors
// say to each other. docs/explanation/architecture.md has the plan. What is no actor has packages of its own:
// internal/transport below the connections, internal/dispatch below the mailboxes, internal/routing below the routes.
package actors
