/** What the tests of the bindings share. */
package dev.gatun.bindings;
