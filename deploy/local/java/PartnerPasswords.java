package nl.brandmeester;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.plain.PlainAuthenticateCallback;

/**
 * Lets partners sign in with a plain password as well, for clients whose SCRAM the broker refuses.
 *
 * <p>The file that the option "passwords" names holds one line per party, its id and the SHA-256 of its
 * password. It is read at each sign-in, so that parties come and go without a restart. The passwords are
 * 256 random bits, which is why one round of a fast hash is enough.
 */
public final class PartnerPasswords implements AuthenticateCallbackHandler {
    private Path passwords;

    @Override
    public void configure(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
        passwords = Path.of((String) entries.get(0).getOptions().get("passwords"));
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        String party = null;
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                party = name.getDefaultName();
            } else if (callback instanceof PlainAuthenticateCallback attempt) {
                attempt.authenticated(isRight(party, attempt.password()));
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    @Override
    public void close() {}

    private boolean isRight(String party, char[] password) throws IOException {
        Properties known = new Properties();
        try (var reader = Files.newBufferedReader(passwords)) {
            known.load(reader);
        }
        String digest = known.getProperty(party);
        return digest != null
                && MessageDigest.isEqual(HexFormat.of().parseHex(digest), sha256(new String(password)));
    }

    private static byte[] sha256(String password) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(password.getBytes());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
