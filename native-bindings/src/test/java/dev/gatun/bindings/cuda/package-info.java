/** Handles and status codes: with the real libraries, but without a device; then with fake ones. */
package dev.gatun.bindings.cuda;
