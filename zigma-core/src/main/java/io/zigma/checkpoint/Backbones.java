package io.zigma.checkpoint;

import io.zigma.backbone.BackboneKind;
import io.zigma.backbone.adm.AdmKind;
import io.zigma.backbone.dit.DiTKind;
import io.zigma.backbone.uvit.UViTKind;
import io.zigma.backbone.zigma.ZigMaKind;
import io.zigma.base.Registry;

/**
 * The registry of backbones. A new one is a package beside {@code backbone.zigma} and one line
 * here; other programs register theirs before they open a checkpoint of it.
 */
public final class Backbones {

    /** By the names in {@code config.json} and on the command line. */
    public static final Registry<BackboneKind<?>> REGISTRY =
            new Registry<BackboneKind<?>>("backbone", BackboneKind::name)
                    .register(ZigMaKind.INSTANCE)
                    .register(DiTKind.INSTANCE)
                    .register(UViTKind.INSTANCE)
                    .register(AdmKind.INSTANCE);

    private Backbones() {}
}
