/**
 * What prompts ask for beside their words, such as a thing, a colour and a style, and how often
 * classifiers see it on the pictures.
 */
@NullMarked
package io.zigma.eval.attribute;

import org.jspecify.annotations.NullMarked;
