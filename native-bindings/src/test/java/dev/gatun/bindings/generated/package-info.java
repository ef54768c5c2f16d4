/** What jextract generated: held to its manifest, its lists, the libraries, a C compiler. */
package dev.gatun.bindings.generated;
