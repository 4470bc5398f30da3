/** The text encoder {@code minilm-l6}, whose weights come in a jar of Maven Central as ONNX. */
@NullMarked
package io.zigma.text.minilm;

import org.jspecify.annotations.NullMarked;
