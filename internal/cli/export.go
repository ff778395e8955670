package cli

import (
	"fmt"
	"io"
)

// export copies a file that comes in one stream, however long, to standard output.
func (c *call) export(file io.ReadCloser, err error) error {
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(c.Stdout, file); err != nil {
		return fmt.Errorf("the export broke off: %w", err)
	}
	return nil
}
