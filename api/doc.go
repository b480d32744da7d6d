// Package api is the service's face to programs: JSON under /api/v1 with its OpenAPI
// description, sign-in, Google's push notifications and what operators watch. It owns
// authentication, and what every answer of the service has in common.
package api
