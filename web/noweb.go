//go:build noweb

// Package web serves the console. This build leaves it out.
package web

import "net/http"

// Handler answers 404: the console was left out of this program.
func Handler() http.Handler { return http.NotFoundHandler() }
