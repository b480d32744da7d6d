package store

import "fmt"

// faults collects what is wrong with an input.
type faults struct{ fields []FieldError }

func (f *faults) report(field, format string, args ...any) {
	f.fields = append(f.fields, FieldError{field, fmt.Sprintf(format, args...)})
}

// within returns what reports of the fields of one that has some of its own.
func (f *faults) within(name string) reporter {
	return func(field, format string, args ...any) { f.report(name+"."+field, format, args...) }
}

// err returns what was reported as an *InvalidError, nil where it is nothing.
func (f *faults) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &InvalidError{f.fields}
}
