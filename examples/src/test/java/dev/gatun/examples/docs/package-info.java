/** Holds the documentation to its word: every piece of Java in it compiles. */
package dev.gatun.examples.docs;
