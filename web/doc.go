// Package web is what reps and prospects see in a browser: pages made on the server that
// work without scripts. A form posts, the store acts, and the browser is sent on with a
// notice.
package web
