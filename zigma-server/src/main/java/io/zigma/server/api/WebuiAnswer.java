package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.io.Software;
import io.zigma.server.http.HttpException;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobPicture;
import io.zigma.server.job.JobState;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pictures with their settings as clients of AUTOMATIC1111 read them. */
final class WebuiAnswer {

    private WebuiAnswer() {}

    /**
     * Describes a job that has ended.
     *
     * @param asked the request as it was sent; its pictures are taken out
     * @throws HttpException with the reason if it failed
     */
    static JsonObject of(Job job, JsonObject asked) {
        boolean interrupted = job.state() == JobState.CANCELLED;
        if (!interrupted) {
            Desk.requireDone(job);
        }
        JsonArray images = new JsonArray();
        List<String> texts = new ArrayList<>();
        for (JobPicture picture : job.pictures()) {
            String text = text(job, picture);
            texts.add(text);
            images.add(
                    Base64.getEncoder()
                            .encodeToString(PngText.with(picture.png(), "parameters", text)));
        }
        asked.remove("init_images");
        asked.remove("mask");
        JsonObject json = new JsonObject();
        json.add("images", images);
        json.add("parameters", asked);
        json.addProperty("info", information(job, texts, asked, interrupted).toString());
        return json;
    }

    private static JsonObject information(
            Job job, List<String> texts, JsonObject asked, boolean interrupted) {
        JsonObject info = new JsonObject();
        JsonArray seeds = new JsonArray();
        JsonArray prompts = new JsonArray();
        JsonArray infotexts = new JsonArray();
        String prompt = Optional.ofNullable(Desk.text(asked, "prompt", false)).orElse("");
        for (int i = 0; i < job.request().prompts().size(); i++) {
            seeds.add(job.request().seed() + i);
            prompts.add(prompt);
        }
        texts.forEach(infotexts::add);
        info.addProperty("prompt", prompt);
        info.add("all_prompts", prompts);
        info.addProperty(
                "negative_prompt",
                Optional.ofNullable(Desk.text(asked, "negative_prompt", false)).orElse(""));
        info.addProperty("seed", job.request().seed());
        info.add("all_seeds", seeds);
        info.addProperty("width", job.model().pixels().width());
        info.addProperty("height", job.model().pixels().height());
        info.addProperty("sd_model_name", job.model().name());
        info.addProperty("sd_model_hash", WebuiCatalog.hash(job.model()));
        info.add("infotexts", infotexts);
        info.addProperty("version", "ZigMa " + Software.version());
        JsonArray warnings = new JsonArray();
        job.notes().forEach(warnings::add);
        if (isOther(asked, "width", job.model().pixels().width())
                || isOther(asked, "height", job.model().pixels().height())) {
            warnings.add(
                    "%s makes pictures of %s×%s only"
                            .formatted(
                                    job.model().name(),
                                    job.model().pixels().width(),
                                    job.model().pixels().height()));
        }
        String negative = Desk.text(asked, "negative_prompt", false);
        if (negative != null && !negative.isBlank() && !job.model().readsTexts()) {
            warnings.add(
                    "%s is no model of texts; the negative prompt was not used"
                            .formatted(job.model().name()));
        }
        List<String> unused = WebuiRequest.unused(asked);
        if (!unused.isEmpty()) {
            warnings.add("not used here: " + String.join(", ", unused));
        }
        if (interrupted) {
            warnings.add("interrupted: there is no picture");
        }
        info.add("warnings", warnings);
        return info;
    }

    private static boolean isOther(JsonObject asked, String field, int own) {
        return asked.has(field)
                && !(asked.get(field) instanceof JsonPrimitive size
                        && size.getAsString().equals(Integer.toString(own)));
    }

    /** The text that those clients read settings from. */
    private static String text(Job job, JobPicture picture) {
        Map<String, String> recipe = picture.recipe();
        StringBuilder text =
                new StringBuilder(recipe.getOrDefault("prompt", recipe.getOrDefault("class", "")));
        if (recipe.containsKey("negative_prompt")) {
            text.append("\nNegative prompt: ").append(recipe.get("negative_prompt"));
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Steps", recipe.getOrDefault("steps", ""));
        fields.put("Sampler", recipe.getOrDefault("sampler", ""));
        fields.put("CFG scale", recipe.getOrDefault("guidance_scale", ""));
        fields.put("Seed", recipe.getOrDefault("seed", ""));
        fields.put(
                "Size",
                "%sx%s".formatted(job.model().pixels().width(), job.model().pixels().height()));
        fields.put("Model hash", WebuiCatalog.hash(job.model()));
        fields.put("Model", job.model().name());
        if (recipe.containsKey("strength")) {
            fields.put("Denoising strength", recipe.get("strength"));
        }
        fields.put("Version", "ZigMa " + Software.version());
        List<String> parts = new ArrayList<>();
        fields.forEach((name, value) -> parts.add(name + ": " + value));
        return text.append('\n').append(String.join(", ", parts)).toString();
    }
}
