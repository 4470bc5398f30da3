package io.zigma.backbone.dit;

import com.google.gson.JsonObject;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.testing.Fixture;

/** Models of the official DiT's and SiT's fixtures. */
final class DiTFixtures {

    private DiTFixtures() {}

    /** A head with more channels than the model returns is SiT's with its unused variance. */
    static DiTConfig config(Fixture fixture) {
        JsonObject json = fixture.config();
        int channels = json.get("in_channels").getAsInt();
        int side = json.get("input_size").getAsInt();
        int outputs = (int) fixture.shape("out.forward")[1];
        int classes = json.get("num_classes").getAsInt();
        boolean nullClass = fixture.shape("param.y_embedder.embedding_table.weight")[0] > classes;
        return new DiTConfig(
                new Signature(
                        SampleShape.image(channels, side, side),
                        outputs,
                        new ByClass(classes, nullClass),
                        1),
                json.get("patch_size").getAsInt(),
                json.get("hidden_size").getAsInt(),
                json.get("depth").getAsInt(),
                json.get("num_heads").getAsInt(),
                json.has("mlp_ratio") ? json.get("mlp_ratio").getAsDouble() : 4,
                BlockKind.ADALN_ZERO,
                json.get("learn_sigma").getAsBoolean() && outputs == channels);
    }
}
