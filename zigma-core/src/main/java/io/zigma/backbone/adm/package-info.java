/** ADM's U-Net and its classifier of noisy pictures (Dhariwal and Nichol 2021). */
@NullMarked
package io.zigma.backbone.adm;

import org.jspecify.annotations.NullMarked;
