package dev.gatun.kernels.specialize;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method whose code takes the place of every call of it in the copies that {@link
 * Specialization} makes of templates in the same package.
 *
 * <p>For helpers that take or return vectors. The compiler stops inlining when a method has grown
 * too large, and a vector that crosses a call that was not inlined becomes an object on the heap,
 * element after element: a kernel then runs many times slower, depending on which part of it was
 * hot first. What has been inlined before the compiler sees it leaves it no choice. The method may
 * use only what other classes of the package may, and may branch but not loop.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Inlined {}
