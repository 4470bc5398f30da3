package io.zigma.backbone.uvit;

import com.google.gson.JsonObject;
import io.zigma.backbone.Signature;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Conditioning;
import io.zigma.testing.Fixture;

/** Models of the official U-ViT's fixtures. */
final class UViTFixtures {

    private UViTFixtures() {}

    static UViTConfig config(Fixture fixture) {
        JsonObject json = fixture.config();
        int channels = json.get("in_chans").getAsInt();
        int side = json.get("img_size").getAsInt();
        return new UViTConfig(
                new Signature(
                        SampleShape.image(channels, side, side), channels, conditioning(json), 1),
                json.get("patch_size").getAsInt(),
                json.get("embed_dim").getAsInt(),
                json.get("depth").getAsInt(),
                json.get("num_heads").getAsInt(),
                json.get("mlp_ratio").getAsDouble(),
                json.get("qkv_bias").getAsBoolean(),
                json.get("mlp_time_embed").getAsBoolean(),
                json.get("skip").getAsBoolean(),
                json.get("conv").getAsBoolean());
    }

    private static Conditioning conditioning(JsonObject json) {
        if (json.has("clip_dim")) {
            return new ByText(
                    json.get("clip_dim").getAsInt(), json.get("num_clip_token").getAsInt());
        }
        int classes = json.get("num_classes").getAsInt();
        return classes > 0 ? new ByClass(classes, false) : Conditioning.none();
    }
}
