package io.zigma.server.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobEvent;
import io.zigma.server.job.JobPicture;
import java.util.Base64;
import java.util.List;

/** Jobs and their events as JSON. */
final class JobJson {

    private static final double TENTH = 10;

    private JobJson() {}

    /** Describes a job; pictures by their address and recipe. */
    static JsonObject of(Job job, int ahead) {
        JsonObject json = new JsonObject();
        json.addProperty("id", job.id());
        json.addProperty("model", job.model().name());
        json.addProperty("state", job.state().label());
        json.addProperty("count", job.request().prompts().size());
        json.addProperty("seed", job.request().seed());
        json.addProperty("ahead", ahead);
        json.addProperty("done", job.done());
        json.addProperty("total", job.total());
        json.addProperty("seconds_left", rounded(job.secondsLeft()));
        json.addProperty("created", job.created().toString());
        List<JobPicture> pictures = job.pictures();
        JsonArray images = new JsonArray();
        for (int i = 0; i < pictures.size(); i++) {
            JsonObject image = new JsonObject();
            image.addProperty("url", path(job) + "/images/" + i);
            if (pictures.get(i).apng().isPresent()) {
                image.addProperty("video", path(job) + "/images/" + i + NativeApi.APNG);
            }
            JsonObject recipe = new JsonObject();
            pictures.get(i).recipe().forEach(recipe::addProperty);
            image.add("recipe", recipe);
            images.add(image);
        }
        json.add("images", images);
        if (!job.notes().isEmpty()) {
            JsonArray notes = new JsonArray();
            job.notes().forEach(notes::add);
            json.add("warnings", notes);
        }
        job.problem()
                .ifPresent(
                        problem -> {
                            JsonObject error = new JsonObject();
                            error.addProperty("message", problem.message());
                            error.addProperty("refused", problem.refused());
                            json.add("error", error);
                        });
        return json;
    }

    static String path(Job job) {
        return "/api/v1/jobs/" + job.id();
    }

    static JsonObject of(JobEvent.Step step) {
        JsonObject json = new JsonObject();
        json.addProperty("done", step.done());
        json.addProperty("total", step.total());
        json.addProperty("seconds_left", rounded(step.secondsLeft()));
        return json;
    }

    static JsonObject of(JobEvent.Preview preview) {
        JsonObject json = new JsonObject();
        json.addProperty("first", preview.first());
        json.addProperty("step", preview.step());
        JsonArray images = new JsonArray();
        preview.pngs().forEach(png -> images.add(Base64.getEncoder().encodeToString(png)));
        json.add("images", images);
        return json;
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * TENTH) / TENTH;
    }
}
