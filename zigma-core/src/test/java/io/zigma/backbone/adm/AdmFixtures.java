package io.zigma.backbone.adm;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.zigma.backbone.Signature;
import io.zigma.base.Named;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.Conditioning;
import io.zigma.testing.Fixture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Models of the official ADM's fixtures. */
final class AdmFixtures {

    private AdmFixtures() {}

    static AdmConfig unet(Fixture fixture) {
        JsonObject json = fixture.config();
        JsonElement classes = json.get("num_classes");
        Conditioning conditioning =
                classes == null || classes.isJsonNull()
                        ? Conditioning.none()
                        : new ByClass(classes.getAsInt(), false);
        return new AdmConfig(
                new Signature(sample(json), json.get("out_channels").getAsInt(), conditioning, 1),
                shape(json));
    }

    static AdmClassifierConfig classifier(Fixture fixture) {
        JsonObject json = fixture.config();
        return new AdmClassifierConfig(
                sample(json),
                json.get("out_channels").getAsInt(),
                1,
                shape(json),
                Named.parse("pool", json.get("pool").getAsString(), Pool.values()));
    }

    static SampleShape sample(JsonObject json) {
        int side = json.get("image_size").getAsInt();
        return SampleShape.image(json.get("in_channels").getAsInt(), side, side);
    }

    static AdmShape shape(JsonObject json) {
        List<Double> multipliers =
                StreamSupport.stream(json.getAsJsonArray("channel_mult").spliterator(), false)
                        .map(JsonElement::getAsDouble)
                        .toList();
        List<Integer> rates = new ArrayList<>();
        json.getAsJsonArray("attention_resolutions").forEach(rate -> rates.add(rate.getAsInt()));
        rates.removeIf(rate -> rate > 1 << (multipliers.size() - 1)); // no block is there
        int headChannels = number(json, "num_head_channels", -1);
        return new AdmShape(
                json.get("model_channels").getAsInt(),
                multipliers,
                json.get("num_res_blocks").getAsInt(),
                rates.stream().sorted().toList(),
                headChannels > 0 ? 0 : number(json, "num_heads", 1),
                Math.max(0, headChannels),
                flag(json, "use_new_attention_order", false) ? QkvOrder.BY_KIND : QkvOrder.BY_HEAD,
                flag(json, "use_scale_shift_norm", false),
                flag(json, "resblock_updown", false)
                        ? Resampling.RESIDUAL
                        : flag(json, "conv_resample", true)
                                ? Resampling.CONVOLUTION
                                : Resampling.PLAIN);
    }

    private static int number(JsonObject json, String name, int fallback) {
        return json.has(name) ? json.get(name).getAsInt() : fallback;
    }

    private static boolean flag(JsonObject json, String name, boolean fallback) {
        return json.has(name) ? json.get(name).getAsBoolean() : fallback;
    }
}
