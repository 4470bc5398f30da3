/** What tests of all modules share: golden fixtures found by kind, and closeness of tensors. */
@NullMarked
package io.zigma.testing;

import org.jspecify.annotations.NullMarked;
