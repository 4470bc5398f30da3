package io.zigma.checkpoint;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.dit.DiTKind;
import io.zigma.backbone.zigma.ZigMaKind;
import io.zigma.base.Registry;

/**
 * The backbones there are. A new one is a package beside {@code backbone.zigma} and one line here;
 * a program of others registers its own before it opens a checkpoint that has it.
 */
public final class Backbones {

    /** By the names in {@code config.json} and on the command line. */
    public static final Registry<BackboneKind<?>> REGISTRY =
            new Registry<BackboneKind<?>>("backbone", BackboneKind::name)
                    .register(ZigMaKind.INSTANCE)
                    .register(DiTKind.INSTANCE);

    private Backbones() {}
}
