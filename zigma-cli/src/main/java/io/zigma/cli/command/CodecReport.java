package io.zigma.cli.command;

import com.google.gson.JsonObject;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.codec.CodecReference;
import java.util.ArrayList;
import java.util.List;

/** The output of {@code zigma info} for a codec, and its line for a model that needs one. */
final class CodecReport {

    private CodecReport() {}

    /** Returns the description with the header of the weights file. */
    static JsonObject json(CodecFolder codec, InfoCommand.Weights weights) {
        CodecReference reference = codec.reference();
        JsonObject json = new JsonObject();
        json.addProperty("path", codec.path().toString());
        json.addProperty("kind", reference.kind());
        json.addProperty("hash", reference.hash());
        json.addProperty("parameters", weights.parameters());
        json.addProperty("precision", weights.types());
        json.addProperty("bytes", weights.bytes());
        json.add("codec", codec.spec().json());
        json.add("source", codec.source());
        json.addProperty("weights_sha256", codec.weightsHash());
        return json;
    }

    /** Returns the same for people, a line a fact. */
    static List<String> text(CodecFolder codec, InfoCommand.Weights weights) {
        List<String> lines = new ArrayList<>();
        lines.add(codec.path().toString());
        lines.add(
                InfoCommand.row(
                        "codec",
                        "%s, %,d parameters (%s, %.1f MB), makes pictures of a model's latents",
                        codec.spec().kind(),
                        weights.parameters(),
                        weights.types(),
                        weights.bytes() / 1e6));
        codec.spec()
                .facts()
                .forEach((title, fact) -> lines.add(InfoCommand.row(title, "%s", fact)));
        lines.addAll(InfoCommand.facts("source", codec.source()));
        lines.add(InfoCommand.row("hash", "%s (models name it by this)", codec.reference().hash()));
        lines.add(InfoCommand.row("weights", "SHA-256 %s", codec.weightsHash()));
        return lines;
    }

    /** Returns what a model's samples are decoded with. */
    static String needed(CodecReference codec) {
        return "latents of the codec %s, hash %s".formatted(codec.name(), codec.hash());
    }
}
