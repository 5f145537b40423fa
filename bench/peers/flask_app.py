"""Flask-Login on Flask's own session, for one gunicorn worker."""

from flask import Flask, jsonify, request
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    fresh_login_required,
    login_required,
    login_user,
    logout_user,
)

USER_COUNT = 1000


class User(UserMixin):
    def __init__(self, number):
        self.id = str(USER_COUNT + number)
        self.username = f"user-{self.id}"
        self.name = f"Ada Lovelace the {self.id}th"


made = [User(number) for number in range(USER_COUNT)]
users = {user.id: user for user in made}
users_by_name = {user.username: user for user in made}

app = Flask(__name__)
app.secret_key = b"fastify-login benchmark of 32 by"
login_manager = LoginManager(app)


@login_manager.user_loader
def load_user(user_id):
    return users.get(user_id)


@app.get("/public")
def public():
    return jsonify(id="none", name="Whoever you are, welcome")


@app.get("/page")
@login_required
def page():
    return jsonify(id=current_user.id, name=current_user.name)


@app.get("/fresh")
@fresh_login_required
def fresh():
    return jsonify(id=current_user.id, name=current_user.name)


@app.post("/login")
def login():
    form = request.get_json()
    user = users_by_name.get(form["username"])
    if user is None or form["password"] != f"password of {user.username}":
        return jsonify(ok=False), 401
    login_user(user, remember=form.get("remember", False))
    return jsonify(ok=True)


@app.post("/logout")
def logout():
    logout_user()
    return jsonify(ok=True)
