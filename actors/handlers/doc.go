// Package handlers has ready-made handlers, and filters for routes and groups: options made of [actors.Before] and
// [actors.After].
//
//	api := server.Group("/api",
//		handlers.RequestID(),
//		handlers.SecurityHeaders(handlers.SecurityOptions{}),
//		handlers.CORS(handlers.CORSOptions{Origins: []string{"https://app.example"}, Headers: []string{"Authorization"}}),
//		handlers.RateLimit(handlers.RateLimitOptions{Requests: 100, Per: time.Minute}),
//		handlers.Bearer("api", knowsToken))
//
// The functions of Before run in this order. The page docs/how-to/filters.md says which order is good, and how to write a
// filter of your own.
package handlers
