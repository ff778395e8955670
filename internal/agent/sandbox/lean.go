package sandbox

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// What a warmed Python has imported. Each module makes every fork dearer, by its pages that are mapped, copied and given back,
// so there are two: a lean one with what most programs import, and one with what many do. Either runs any program; what is
// not there yet, a program imports as ever.
const (
	leanModules = "abc,bisect,collections,copy,datetime,enum,functools,heapq,io,itertools,json,math,operator,os,random,re,string,sys,textwrap," +
		"time,typing"
	richModules = leanModules + ",argparse,array,ast,asyncio,atexit,base64,builtins,calendar,cmath,codecs,collections.abc,concurrent.futures," +
		"contextlib,csv,ctypes,dataclasses,decimal,difflib,fractions,gc,glob,hashlib,html,inspect,linecache,locale,logging,multiprocessing," +
		"numbers,pathlib,pickle,platform,pprint,queue,resource,secrets,select,shutil,signal,socket,ssl,stat,statistics,struct,subprocess," +
		"tempfile,threading,timeit,traceback,types,unicodedata,unittest,urllib.parse,uuid,warnings,weakref,zlib,zoneinfo"
)

// costly are the modules for which the rich one is worth its price: the lean one has not imported them, and to do so takes
// longer than the dearer fork.
var costly = strings.Split("argparse,ast,asyncio,base64,calendar,concurrent,csv,ctypes,dataclasses,decimal,difflib,fractions,glob,hashlib,html,"+
	"inspect,logging,multiprocessing,pathlib,pickle,platform,pprint,queue,secrets,shutil,signal,socket,ssl,statistics,subprocess,tempfile,"+
	"threading,timeit,traceback,unittest,urllib,uuid,zoneinfo", ",")

// importsLittle tells whether a Python program is served best by the lean one. It looks at the words of lines that import
// something, and may be wrong: that costs time, and nothing else.
func importsLittle(source []byte) bool {
	for line := range bytes.Lines(source) {
		if !bytes.Contains(line, []byte("import")) {
			continue
		}
		for word := range bytes.FieldsFuncSeq(line, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if slices.Contains(costly, string(word)) {
				return false
			}
		}
	}
	return true
}
