/// Where people keep what nobody else should read.
enum SecretPlaces {
    /// Below the home folder; files and folders.
    static let inHome = keys + tokens + browsers + histories

    private static let keys = [
        ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".oci", ".fly", ".config/gcloud", ".config/doctl",
        ".config/op", ".1password", ".password-store", ".local/share/keyrings", ".local/share/kwalletd",
        ".kde/share/apps/kwallet", ".config/rclone", ".config/sops", ".config/age", ".config/hub", ".config/gh",
        ".config/glab-cli", ".config/hcloud", ".config/scw", ".config/linode-cli", ".config/solana", ".bitcoin",
        ".ethereum", ".electrum", ".Xauthority", ".ICEauthority", ".config/pulse",
        ".colima", ".lima", ".orbstack", ".rd", ".minikube", ".boto", ".s3cfg", ".passwd-s3fs", ".smbcredentials",
        ".databrickscfg", ".snowflake", ".snowsql", ".okta", ".saml2aws", ".awsvault", ".tsh", ".step", ".cloudflared",
        ".acme.sh", ".near-credentials", ".foundry/keystores",
    ]

    private static let tokens = [
        ".netrc", ".git-credentials", ".config/git/credentials", ".npmrc", ".yarnrc.yml", ".pypirc", ".pgpass",
        ".my.cnf", ".vault-token", ".vault_pass", ".terraform.d/credentials.tfrc.json", ".terraformrc",
        ".pulumi/credentials.json", ".curlrc", ".wgetrc", ".authinfo", ".authinfo.gpg", ".netrc.gpg",
        ".subversion/auth",
        ".msmtprc", ".config/msmtp", ".mbsyncrc", ".offlineimaprc", ".fetchmailrc", ".dbt/profiles.yml",
        ".cargo/credentials",
        ".cargo/credentials.toml", ".gem/credentials", ".composer/auth.json", ".config/composer/auth.json",
        ".config/containers/auth.json", ".config/helm/registry", ".dockercfg", ".circleci/cli.yml",
        ".config/configstore",
        ".config/netlify", ".netlify", ".local/share/com.vercel.cli", ".config/.wrangler", ".wrangler", ".railway",
        ".config/stripe", ".config/ngrok", ".ngrok2", ".config/github-copilot", ".config/wandb", ".huggingface",
        ".cache/huggingface/token", ".kaggle",
        ".codex/auth.json", ".claude.json", ".claude/.credentials.json", ".config/openai",
        ".config/anthropic", ".gemini", ".config/bassi",
    ]

    private static let browsers = [
        ".mozilla", ".thunderbird", ".config/google-chrome", ".config/google-chrome-beta", ".config/chromium",
        ".config/BraveSoftware", ".config/microsoft-edge", ".config/opera", ".config/vivaldi", ".var/app", "snap",
        ".config/Slack", ".config/discord", ".config/Signal", ".local/share/TelegramDesktop",
        "Library/Application Support", "Library/Keychains", "Library/Cookies", "Library/Messages", "Library/Mail",
    ]

    private static let histories = [
        ".bash_history", ".zsh_history", ".zhistory", ".histfile", ".history", ".sh_history", ".local/share/fish",
        ".python_history", ".node_repl_history", ".psql_history", ".mysql_history", ".sqlite_history", ".lesshst",
        ".viminfo", ".local/share/nvim/shada", ".rediscli_history", ".irb_history",
    ]

    /// Of the system: others cannot read them anyway, but root stays the owner of its files without any capability.
    static let ofSystem = [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d",
        "/etc/ssl/private", "/etc/NetworkManager/system-connections", "/var/lib/docker", "/var/lib/containers",
        "/var/lib/kubelet", "/var/lib/containerd", "/var/spool/cron", "/var/log", "/var/lib/sudo", "/var/backups",
        "/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_ed25519_key",
    ]

    /// Folders of sockets and of other programs' files: empty in the sandbox.
    static let ofSockets = ["/tmp", "/var/tmp", "/run", "/var/run"]
}
