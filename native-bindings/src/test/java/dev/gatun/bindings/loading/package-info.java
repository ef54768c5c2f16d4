/** The search for the libraries, among libraries that the tests build themselves. */
package dev.gatun.bindings.loading;
