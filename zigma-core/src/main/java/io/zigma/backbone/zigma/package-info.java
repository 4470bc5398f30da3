/**
 * Backbones: the ZigMa model, its configuration and the interface that training and sampling see.
 */
@NullMarked
package io.zigma.backbone.zigma;

import org.jspecify.annotations.NullMarked;
