package actors

import "log/slog"

// Logger is the actor log, Config.Logger, for lines of this actor: with actor=, and with exchange= and id= of the
// request at hand. It may be kept while that request is served. Another goroutine gets one without a request: the
// actor may be at the next one by then, so the goroutine should have been given its logger.
func (c *handlerContext) Logger() *slog.Logger {
	attrs := make([]slog.Attr, 0, 3)
	attrs = append(attrs, safeAttr(slog.String("actor", path(c.Self()))))
	if at := c.at.Load(); at != nil && !c.isForeign() {
		if r := requestAbout(at.Message); r != nil {
			attrs = appendIdentity(attrs, r)
		}
	}
	return slog.New(c.env.log.logger.Handler().WithAttrs(attrs))
}
