// Package rawhttp is the client of package actorstest, for tests that that package cannot have: of package actors.
package rawhttp
