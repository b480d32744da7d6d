package jobs

import (
	"os"
	"testing"

	"holdfast/scheduler/store/storetest"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		childMain(address)
	}
	storetest.Main(m)
}
