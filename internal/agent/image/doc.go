// Package image keeps the root file systems of container images on a node: pulled
// by digest, unpacked strictly, shared by all runs read-only, removed when the room
// is needed and nobody uses them.
//
//	<dir>/sha256-<hex>/rootfs       what runs see
//	<dir>/sha256-<hex>/image.json   written last; its time is that of the last use
//	<dir>/part-…                    on the way in; removed at start
//	<dir>/gone-…                    on the way out; removed at start
//
// A folder gets its final name in one rename, after everything in it is on disk. So
// what has the name is whole, whenever the machine stops.
package image
