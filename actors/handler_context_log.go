package actors

import "log/slog"

// Logger returns the actor log, Config.Logger, for lines of this actor: with actor=, and with exchange= and id= of
// the current request. Keep it only while that request is served. On another goroutine it has no request, because the
// actor may work on the next one by then: pass that goroutine the logger instead.
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
