package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheTableSaysWhatThePinnedClientsDocumentSays(t *testing.T) {
	path, err := documentPath()
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := derive(document)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../discovery.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run go generate ./integrations/google/emulator (-document +table):\n%s", diff)
	}
}
