package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"slices"

	"go.uber.org/zap/zapcore"
)

// noted hears of what becomes of certificates, and logs it.
func (c *certificates) noted(ctx context.Context, event string, data map[string]any) error {
	switch event {
	case "cached_managed_cert":
		names, _ := data["sans"].([]string)
		for _, one := range names {
			for _, kept := range c.cache.AllMatchingCertificates(one) {
				c.log.Info("certificate", described(kept.Leaf)...)
			}
		}
		select {
		case c.loaded <- struct{}{}:
		default: // nobody waits any more
		}
	case "cert_obtained":
		path, _ := data["certificate_path"].(string)
		attrs := []any{"renewed", data["renewal"]}
		if text, err := c.config.Storage.Load(ctx, path); err == nil {
			attrs = append(attrs, describedText(text)...)
		}
		c.log.Info("certificate obtained", attrs...)
	case "cert_failed":
		c.log.Error("certificate not obtained", "name", data["identifier"], "renewed", data["renewal"], "error", fmt.Sprint(data["error"]))
	}
	return nil
}

// described returns what a certificate says, for the log.
func described(leaf *x509.Certificate) []any {
	return []any{"names", leaf.DNSNames, "issuer", leaf.Issuer.CommonName, "from", leaf.NotBefore, "until", leaf.NotAfter}
}

func describedText(text []byte) []any {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return described(leaf)
}

// inEvent are lines whose content comes with the event cert_failed as well.
var inEvent = []string{"challenge failed", "validating authorization", "could not get certificate from issuer", "will retry"}

// A logCore passes lines of the library for certificates on to our log. What it does in detail is for debugging.
type logCore struct {
	to     *slog.Logger
	fields []zapcore.Field
}

func (c logCore) Enabled(level zapcore.Level) bool {
	return level > zapcore.DebugLevel && c.to.Enabled(context.Background(), levelOf(level))
}

func levelOf(level zapcore.Level) slog.Level {
	switch level {
	case zapcore.DebugLevel, zapcore.InfoLevel:
		return slog.LevelDebug
	case zapcore.WarnLevel:
		return slog.LevelWarn
	}
	return slog.LevelError
}

// With returns a core whose lines have more fields.
func (c logCore) With(fields []zapcore.Field) zapcore.Core {
	return logCore{c.to, append(c.fields[:len(c.fields):len(c.fields)], fields...)}
}

// Check adds this core to those that write a line.
func (c logCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if slices.Contains(inEvent, entry.Message) {
		entry.Level = zapcore.InfoLevel
	}
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

// Write logs a line.
func (c logCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	var attrs []any
	for _, one := range append(c.fields[:len(c.fields):len(c.fields)], fields...) {
		encoder := zapcore.NewMapObjectEncoder()
		one.AddTo(encoder)
		if value, found := encoder.Fields[one.Key]; found {
			attrs = append(attrs, one.Key, value)
		}
	}
	c.to.Log(context.Background(), levelOf(entry.Level), "certificates: "+entry.Message, attrs...)
	return nil
}

// Sync does nothing: our log never waits.
func (c logCore) Sync() error { return nil }
