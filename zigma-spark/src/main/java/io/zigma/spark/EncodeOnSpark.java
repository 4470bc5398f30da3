package io.zigma.spark;

import io.zigma.cli.command.EncodeCommand;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.terminal.Console;
import io.zigma.text.TextEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code zigma-spark encode}: {@code zigma encode}, whose pictures a cluster encodes. */
final class EncodeOnSpark extends SparkCommand {

    @Override
    public String name() {
        return "encode";
    }

    @Override
    public String purpose() {
        return "Encode pictures as zigma encode does, to the same bytes, on a cluster.";
    }

    @Override
    public String synopsis() {
        return "--data DIR --codec DIR --out DIR";
    }

    @Override
    public List<OptionSection> sections() {
        List<OptionSection> sections = new ArrayList<>(new EncodeCommand().sections());
        sections.add(CLUSTER_ALONE);
        return sections;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "encode --data photos --image-size 256 --codec codecs/sd-vae --out shards --threads 4");
    }

    @Override
    void check(Arguments arguments) throws IOException {
        new EncodeCommand().check(arguments);
    }

    @Override
    void run(Arguments arguments, SparkSession spark, Console console) throws IOException {
        int threads = Math.max(1, ComputeOptions.of(arguments).threads());
        EncodeCommand command =
                new EncodeCommand(
                        (codec, textFolder, encoder) ->
                                new EncodingOnSpark(
                                        spark,
                                        codec,
                                        encoder.texts().map(TextEncoder::reference),
                                        textFolder,
                                        encoder.settings(),
                                        threads));
        try (TaskProgress progress = TaskProgress.of(spark, console, "spans")) {
            command.run(arguments, console);
        }
    }
}
