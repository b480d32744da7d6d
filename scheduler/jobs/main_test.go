package jobs

import (
	"testing"

	"holdfast/scheduler/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
